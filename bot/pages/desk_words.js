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
  queued: "Waiting",
  claimed: "Claimed",
  resolved: "Resolved",
  returned: "Back to bot",
};

const MINUTE_MS = 60000;

export const channelName = (channel) => CHANNELS[channel] ?? channel;
export const languageName = (language) => LANGUAGES[language] ?? language ?? "Unknown";
export const stateName = (state) => STATES[state] ?? state;

/** "opening_hours" as "Opening hours". */
export function topicName(topic) {
  const spaced = topic.replace(/^faq\//, "").replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function isClosed({ state }) {
  return state === "resolved" || state === "returned";
}

export function isUrgent({ priority, state }) {
  return priority === "urgent" && !isClosed({ state });
}

export function isOverdue(kase, now = Date.now()) {
  if (isClosed(kase) || kase.first_reply_at) return false;
  return kase.overdue || (kase.due_at !== null && Date.parse(kase.due_at) < now);
}

/** One short line about time: how long somebody has waited and when a reply was promised. */
export function timing(kase, now = Date.now()) {
  if (isClosed(kase)) return `${stateName(kase.state)} ${moment(kase.closed_at, now)}`;
  if (kase.first_reply_at) return `Answered ${moment(kase.first_reply_at, now)}`;
  const waited = `Waiting ${span(now - Date.parse(kase.opened_at))}`;
  if (isUrgent(kase)) return `${waited}, answer now`;
  if (!kase.due_at) return waited;
  const left = Date.parse(kase.due_at) - now;
  if (isOverdue(kase, now)) return `${waited}, overdue by ${span(Math.max(0, -left))}`;
  return `${waited}, due in ${span(left)}`;
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
