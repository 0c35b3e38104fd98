// The facts of a case in its head: what it is, what belongs to it, what the bot made of it.

import { element, icon } from "./dom.js";
import { tongues } from "./desk_tongues.js";
import { channelName, languageName, moment, moodName, topicName } from "./desk_words.js";

/** Terms and descriptions; `time` is the node whose words change as time passes. */
export function factLines(kase, time) {
  const mood = moodName(kase.mood);
  const facts = [
    ["Case", kase.ref],
    ["Channel", channelName(kase.channel)],
    ["Language", element("span", { lang: kase.language, text: languageName(kase.language) })],
    ["Owner", kase.owner ?? "Unclaimed"],
    ...(mood ? [["Mood", mood]] : []),
    ["Opened", moment(kase.opened_at)],
    ...(kase.window ? [["Reply window", kase.window.replace(/^Reply window: /, "")]] : []),
    ["Time", time],
  ];
  return facts.map(([name, value]) => element("div", { "data-fact": name }, element("dt", { text: name }), element("dd", {}, value)));
}

/** The visitor's cases before and after, and how content they were. */
export function relatedLinks({ previous, next = [], rating, rating_words: words, language }) {
  const found = [];
  if (previous) found.push(["Earlier case", previous], " ");
  for (const ref of next ?? []) found.push(["Later case", ref], " ");
  const links = found.map((each) => (Array.isArray(each) ? element("span", {}, `${each[0]} `, link(each[1])) : each));
  if (!rating) return links;
  const said = words ? element("q", { lang: language, dir: "auto", text: words }) : null;
  return [...links, element("span", { class: "rating" }, icon("star"), `Rated ${rating} of 5`, said ? " " : null, said)];
}

function link(ref) {
  return element("a", { class: "case-link", href: `#/${encodeURIComponent(ref)}`, text: ref });
}

/** Why the case was opened, and the three likeliest topics. */
export function understoodLine({ reason, understood = [] }) {
  const topics = understood ?? [];
  const why = reason ? element("span", {}, ...tongues(`${topicName(reason)}.`)) : null;
  const intro = topics.length ? element("span", { class: "quiet", text: "The bot understood" }) : null;
  const chips = topics.slice(0, 3).map(({ topic, confidence }) =>
    element("span", { class: "topic" }, topicName(topic), " ", element("b", { text: `${Math.round(confidence * 100)} %` })));
  return [why, intro, ...chips].filter(Boolean);
}
