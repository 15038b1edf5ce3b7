// Everything the widget says, in the languages it speaks.

const WORDS = {
  en: {
    title: "Chat",
    open: "Open chat",
    close: "Close chat",
    unread: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
    newFrom: (name) => `New message from ${name}`,
    messages: "Messages",
    greeting: "Hello. How can we help you?",
    you: "You",
    us: "Agent",
    name: "Your name (optional)",
    write: "Your message",
    send: "Send",
    sending: "Sending…",
    sent: "Sent",
    notSent: "Not sent. Please try again.",
    tooLong: "Not sent: this message is too long.",
    offline: "No connection. What you write is kept and sent later.",
    unavailable: "The chat is not available on this page.",
    byMail: "Continue by e-mail",
    waitOffer: "It may take a while before someone answers.",
    leaveOffer: "Leaving? We can answer by e-mail.",
    dismiss: "No, thanks",
    address: "Your e-mail address",
    addressHelp: "We mail you the answers that you do not see here.",
    save: "Save",
    cancel: "Cancel",
    addressKept: (address) => `Answers that you miss here go to ${address}.`,
    badAddress: "This is not an e-mail address.",
    addressLater: "That did not work. Please try again in a moment.",
  },
  nl: {
    title: "Chat",
    open: "Chat openen",
    close: "Chat sluiten",
    unread: (count) => (count === 1 ? "1 nieuw bericht" : `${count} nieuwe berichten`),
    newFrom: (name) => `Nieuw bericht van ${name}`,
    messages: "Berichten",
    greeting: "Hallo. Waarmee kunnen we u helpen?",
    you: "U",
    us: "Medewerker",
    name: "Uw naam (mag leeg blijven)",
    write: "Uw bericht",
    send: "Versturen",
    sending: "Wordt verstuurd…",
    sent: "Verstuurd",
    notSent: "Niet verstuurd. Probeer het opnieuw.",
    tooLong: "Niet verstuurd: dit bericht is te lang.",
    offline: "Geen verbinding. Wat u schrijft wordt bewaard en later verstuurd.",
    unavailable: "De chat is op deze pagina niet beschikbaar.",
    byMail: "Verder per e-mail",
    waitOffer: "Het kan even duren voor iemand antwoordt.",
    leaveOffer: "Gaat u weg? We kunnen per e-mail antwoorden.",
    dismiss: "Nee, bedankt",
    address: "Uw e-mailadres",
    addressHelp: "We mailen u de antwoorden die u hier niet ziet.",
    save: "Opslaan",
    cancel: "Annuleren",
    addressKept: (address) => `Antwoorden die u hier mist, gaan naar ${address}.`,
    badAddress: "Dit is geen e-mailadres.",
    addressLater: "Dat is niet gelukt. Probeer het zo opnieuw.",
  },
};

export function languageOf(tag) {
  return /^nl\b/i.test(tag) ? "nl" : "en";
}

// For times: the visitor's own habits, where they are of the language that the widget speaks.
export function localeFor(language) {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}

export function wordsIn(language) {
  return WORDS[language];
}
