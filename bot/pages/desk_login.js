// Says why the door stayed shut: the server sends the browser back with ?wrong=1, and after too many
// wrong passwords it answers with this page in the place of the desk.

const field = document.getElementById("password");

if (new URLSearchParams(location.search).has("wrong")) tell("wrong");
if (location.pathname.endsWith("/login")) tell("many");

function tell(id) {
  const message = document.getElementById(id);
  // Filled in again so that screen readers, which watch for changes, read it aloud.
  const text = message.textContent;
  message.textContent = "";
  message.hidden = false;
  message.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
}
