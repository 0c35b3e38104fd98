// The chat page's own words. English, Simplified and Traditional are each written, none is converted.

export const LANGUAGES = ["en", "zh-Hans", "zh-Hant"];

const EN = {
  museum: "Museum",
  title: "Ask us",
  skip: "Skip to your message",
  languages: "Language of this page",
  speaker_bot: "You are chatting with an automated assistant.",
  speaker_queued: "You are waiting for one of our team. Do add more details if you like.",
  speaker_human: "One of our team is answering you.",
  speaker_named: "{name} from our team is answering you.",
  speaker_closed: "This conversation has ended. Write again whenever you like.",
  ask_person: "Ask for a person",
  ask_person_text: "I would like to speak to a person.",
  intro_heading: "Welcome. What would you like to know?",
  intro_text:
    "I am the museum’s automated assistant. I answer in English and Chinese, day and night. " +
    "If you would rather have a person, say so and I will pass you to our team.",
  intro_privacy: "Please do not send bank card details or passwords.",
  starters: "Questions to start with",
  starter_hours: "When are you open?",
  starter_tickets: "How much are tickets?",
  starter_travel: "How do I get there?",
  log: "Conversation",
  you: "You",
  assistant: "Automated assistant",
  staff: "Museum team",
  staff_named: "{name}, museum team",
  notice: "Notice",
  choices: "Answers to choose from",
  typing: "The assistant is typing…",
  typing_person: "One of our team is typing…",
  sending: "Sending…",
  delivered: "Delivered",
  failed: "Not sent. Tap to retry",
  failed_said: "Your message was not sent. Use the retry button beside it.",
  offline: "You are offline. Your messages are kept and will be sent when you are back.",
  unreachable: "We cannot be reached at the moment. Trying again…",
  connected: "Connected again.",
  new_conversation: "A new conversation has begun.",
  new_message: "New message",
  message_label: "Your message",
  placeholder: "Write in English or Chinese",
  keys: "Press Enter to send, Shift and Enter for a new line.",
  send: "Send",
  left: "{n} characters left",
  over: "{n} characters too many",
  over_said: "Your message is too long to send.",
  today: "Today",
  yesterday: "Yesterday",
};

const HANS = {
  museum: "博物馆",
  title: "在线咨询",
  skip: "跳到消息输入框",
  languages: "页面语言",
  speaker_bot: "目前由自动助手为您解答。",
  speaker_queued: "正在等待同事接入，您可以先补充详情。",
  speaker_human: "馆里的同事正在为您解答。",
  speaker_named: "馆里的同事 {name} 正在为您解答。",
  speaker_closed: "本次咨询已结束。有问题欢迎随时再来问我们。",
  ask_person: "转人工",
  ask_person_text: "我想转人工。",
  intro_heading: "您好，请问您想了解什么？",
  intro_text: "我是馆里的自动助手，全天为您解答，中英文都可以。如果您想找真人，说一声，我就为您转给馆里的同事。",
  intro_privacy: "请不要发送银行卡号或密码。",
  starters: "常见问题",
  starter_hours: "请问几点开馆？",
  starter_tickets: "门票多少钱？",
  starter_travel: "怎么去博物馆？",
  log: "对话内容",
  you: "您",
  assistant: "自动助手",
  staff: "馆方同事",
  staff_named: "{name}（馆方同事）",
  notice: "提示",
  choices: "可选的回答",
  typing: "自动助手正在输入…",
  typing_person: "馆里的同事正在输入…",
  sending: "正在发送…",
  delivered: "已送达",
  failed: "未发送，点按重试",
  failed_said: "您的消息没有发出去，请点按旁边的重试按钮。",
  offline: "网络已断开。您的消息已保留，联网后会自动发送。",
  unreachable: "暂时连接不上，正在重试…",
  connected: "已恢复连接。",
  new_conversation: "已开始新的对话。",
  new_message: "有新消息",
  message_label: "您的消息",
  placeholder: "中文、英文都可以",
  keys: "按回车键发送，按 Shift 加回车键换行。",
  send: "发送",
  left: "还可以输入 {n} 字",
  over: "超出 {n} 字",
  over_said: "消息太长，无法发送。",
  today: "今天",
  yesterday: "昨天",
};

const HANT = {
  museum: "博物館",
  title: "線上諮詢",
  skip: "跳到訊息輸入欄",
  languages: "頁面語言",
  speaker_bot: "目前由自動小幫手為您解答。",
  speaker_queued: "正在等候同事加入，您可以先補充細節。",
  speaker_human: "館內同事正在為您解答。",
  speaker_named: "館內同事 {name} 正在為您解答。",
  speaker_closed: "這次諮詢已結束。之後有任何問題，歡迎隨時再來問我們。",
  ask_person: "找真人",
  ask_person_text: "我想找真人客服。",
  intro_heading: "您好，請問想了解什麼呢？",
  intro_text: "我是館方的自動小幫手，全天為您解答，中英文都可以。想找真人的話，跟我說一聲，我就為您轉給館內同事。",
  intro_privacy: "請勿傳送信用卡號或密碼。",
  starters: "常見問題",
  starter_hours: "請問幾點開館？",
  starter_tickets: "門票多少錢？",
  starter_travel: "要怎麼到博物館？",
  log: "對話內容",
  you: "您",
  assistant: "自動小幫手",
  staff: "館方同事",
  staff_named: "{name}（館方同事）",
  notice: "提醒",
  choices: "可選的回答",
  typing: "自動小幫手正在輸入…",
  typing_person: "館內同事正在輸入…",
  sending: "傳送中…",
  delivered: "已送達",
  failed: "未送出，點一下重試",
  failed_said: "您的訊息沒有送出，請點一下旁邊的重試按鈕。",
  offline: "網路已中斷。您的訊息已保留，連線後會自動送出。",
  unreachable: "暫時無法連線，正在重試…",
  connected: "已恢復連線。",
  new_conversation: "已開始新的對話。",
  new_message: "有新訊息",
  message_label: "您的訊息",
  placeholder: "中文、英文都可以",
  keys: "按 Enter 鍵送出，按 Shift 加 Enter 鍵換行。",
  send: "送出",
  left: "還可以輸入 {n} 字",
  over: "超過 {n} 字",
  over_said: "訊息太長，無法送出。",
  today: "今天",
  yesterday: "昨天",
};

export const TEXTS = { en: EN, "zh-Hans": HANS, "zh-Hant": HANT };

/** The page language for a browser's list of languages, most wanted first. */
export function pickLanguage(wanted) {
  for (const tag of wanted) {
    const language = fromTag(tag);
    if (language) return language;
  }
  return "en";
}

function fromTag(tag) {
  const lower = tag.toLowerCase();
  if (lower.startsWith("en")) return "en";
  if (!/^(zh|yue|cmn)\b/.test(lower)) return null;
  if (lower.includes("hans")) return "zh-Hans";
  return /hant|-(tw|hk|mo)\b|^yue/.test(lower) ? "zh-Hant" : "zh-Hans";
}
