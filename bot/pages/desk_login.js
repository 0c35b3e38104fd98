// Says so when the password was wrong (the server sends the browser back with ?wrong=1).

if (new URLSearchParams(location.search).has("wrong")) {
  const field = document.getElementById("password");
  const message = document.getElementById("wrong");
  // Filled in again so that screen readers, which watch for changes, read it aloud.
  const text = message.textContent;
  message.textContent = "";
  message.hidden = false;
  message.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "wrong");
}
