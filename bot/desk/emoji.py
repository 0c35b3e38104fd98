"""The emoji that staff use most, by the names that Slack gives them."""

from __future__ import annotations

_TABLE = """
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|wave 👋|pray 🙏|clap 👏|ok_hand 👌|raised_hands 🙌|muscle 💪
point_right 👉|point_left 👈|point_up 👆|point_down 👇|bow 🙇|handshake 🤝|eyes 👀|100 💯
smile 😄|smiley 😃|grinning 😀|grin 😁|blush 😊|slightly_smiling_face 🙂|wink 😉|joy 😂|laughing 😆
sweat_smile 😅|relaxed ☺️|heart_eyes 😍|sunglasses 😎|thinking_face 🤔|hugging_face 🤗|cry 😢|sob 😭
disappointed 😞|confused 😕|worried 😟|open_mouth 😮|upside_down_face 🙃|star-struck 🤩
heart ❤️|blue_heart 💙|green_heart 💚|yellow_heart 💛|purple_heart 💜|sparkling_heart 💖
tada 🎉|sparkles ✨|star ⭐|star2 🌟|fire 🔥|rainbow 🌈|sunny ☀️|cloud ☁️|umbrella ☔|snowflake ❄️
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔|warning ⚠️
information_source \u2139\ufe0f
exclamation ❗|question ❓|bulb 💡|bell 🔔|mega 📣|lock 🔒|key 🔑|link 🔗
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣
calendar 📅|date 📅|clock 🕒|hourglass ⌛|stopwatch ⏱️|ticket 🎫|admission_tickets 🎟️|gift 🎁
art 🎨|framed_picture 🖼️|classical_building 🏛️|amphora 🏺|scroll 📜|books 📚|book 📖|camera 📷
headphones 🎧|musical_note 🎵|microphone 🎤|clapper 🎬|computer 💻|iphone 📱|phone ☎️|telephone ☎️
email ✉️|envelope ✉️|memo 📝|pushpin 📌|round_pushpin 📍|world_map 🗺️|compass 🧭|door 🚪
bus 🚌|train 🚆|train2 🚆|metro 🚇|car 🚗|taxi 🚕|bike 🚲|walking 🚶|airplane ✈️|ship 🚢|parking 🅿️
wheelchair ♿|baby 👶|baby_symbol 🚼|restroom 🚻|toilet 🚽|elevator 🛗|dog 🐶|guide_dog 🦮|cat 🐱
coffee ☕|tea 🍵|cake 🍰|fork_and_knife 🍴|knife_fork_plate 🍽️|bread 🍞|apple 🍎|droplet 💧
cherry_blossom 🌸|rose 🌹|bouquet 💐|christmas_tree 🎄|jack_o_lantern 🎃|dragon 🐉|panda_face 🐼
cn 🇨🇳|flag-cn 🇨🇳|gb 🇬🇧|uk 🇬🇧|flag-gb 🇬🇧|flag-hk 🇭🇰|flag-tw 🇹🇼|red_envelope 🧧|firecracker 🧨
"""

EMOJI: dict[str, str] = {}
for _pair in _TABLE.replace("\n", "|").split("|"):
    if _pair:
        _name, _, _character = _pair.partition(" ")
        EMOJI[_name] = _character
