// How the desk names things: languages, channels, topics, states, and time as staff think of it.

const CHANNELS = {
  messenger: "Messenger",
  whatsapp: "WhatsApp",
  telegram: "Telegram",
  wechat: "WeChat",
  slack: "Slack",
  web: "Web chat",
};

const LANGUAGES = { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文" };

const STATES = {
  queued: "Unclaimed",
  claimed: "Claimed",
  waiting: "With the visitor",
  reopened: "Opened again",
  resolved: "Resolved",
  returned: "Back to bot",
};

const MOODS = { angry: "😠 Angry", upset: "🙁 Upset", pleased: "🙂 Pleased" };

const MINUTE_MS = 60000;

export const channelName = (channel) => CHANNELS[channel] ?? channel;
export const languageName = (language) => LANGUAGES[language] ?? (language || "Unknown");
export const stateName = (state) => STATES[state] ?? state;
export const moodName = (mood) => MOODS[mood] ?? null;

/** "opening_hours" as "Opening hours". */
export function topicName(topic) {
  const spaced = topic.replace(/^faq\//, "").replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function isClosed({ state }) {
  return state === "resolved" || state === "returned";
}

export function isClaimed({ state }) {
  return state === "claimed" || state === "waiting";
}

export function isUrgent({ priority, state }) {
  return priority === "urgent" && !isClosed({ state });
}

export function isOverdue(kase, now = Date.now()) {
  if (isClosed(kase)) return false;
  return Boolean(kase.overdue) || (Boolean(kase.due_at) && Date.parse(kase.due_at) < now);
}

/** One short line about time: how long the visitor has waited and when something was promised. */
export function timing(kase, now = Date.now()) {
  const state = standing(kase, now);
  if (isClosed(kase) || !kase.due_at || state.endsWith("answer now")) return state;
  return `${state}, ${until(kase.due_at, now)}`;
}

/** How a case stands: who waits for whom, and since when. */
export function standing(kase, now = Date.now()) {
  if (isClosed(kase)) return `${stateName(kase.state)} ${moment(kase.closed_at, now)}`;
  const since = kase.waiting_since ?? (kase.first_reply_at ? null : kase.opened_at);
  const answered = kase.first_reply_at ? `Answered ${moment(kase.first_reply_at, now)}` : "Open";
  if (kase.state === "waiting") return "Waiting for the visitor";
  const state = since ? `Waiting ${span(now - Date.parse(since))}` : answered;
  return isUrgent(kase) && since ? `${state}, answer now` : state;
}

/** "due in 18 min" or "overdue by 7 min". */
export function until(at, now = Date.now()) {
  const left = Date.parse(at) - now;
  return left < 0 ? `overdue by ${span(-left)}` : `due in ${span(left)}`;
}

/** A duration in its largest useful unit. */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE_MS));
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${days} days`;
}

/** A point in time: the clock today, the date as well on other days. */
export function moment(iso, now = Date.now()) {
  if (!iso) return "";
  const date = new Date(iso);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  const day = sameDay ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit" }).format(date);
}
