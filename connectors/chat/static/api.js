// What a website may ask of the chat: LoketChat(command, ...). README.md documents it.

import { show } from "./widget.js";

const COMMANDS = {
  open: (chat) => chat.open(),
  close: (chat) => chat.close(),
  setTopic: (chat, topic) => chat.setTopic(String(topic ?? "")),
  identify: (chat, user) => chat.identify(user),
  shutdown: (chat) => chat.shutdown(),
  on: (chat, type, listener) => chat.addEventListener(type, ({ detail }) => listener(detail)),
};

export function start(base, options, early) {
  const chat = show(base, options);
  if (!chat) return;
  if (options.userId) {
    const { userId: id, userHash: hash, userEmail: email, name } = options;
    chat.identify({ id, hash, email, name });
  }
  window.LoketChat = (command, ...rest) => {
    if (!Object.hasOwn(COMMANDS, command)) {
      console.error(`Loket chat: there is no command ${command}.`);
      return;
    }
    COMMANDS[command](chat, ...rest);
  };
  for (const call of early) window.LoketChat(...call);
  chat.dispatchEvent(new CustomEvent("ready"));
}
