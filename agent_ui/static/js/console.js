// Starts the console's page.
import { listenToAlerts } from "./alerts.js";
import "./call.js";
import { keepChat } from "./chat.js";
import { keepCompany } from "./company.js";
import "./composer.js";
import { keepDesk } from "./desk.js";
import { takeOverForms } from "./forms.js";
import { listenToKeys } from "./keys.js";
import { goLive } from "./live.js";
import { keepTimes } from "./times.js";
import { listenForAlerts } from "./overseer.js";
import { listenToTopics } from "./topics.js";
import { listenToViews } from "./views.js";
import { workList } from "./work-list.js";

keepTimes();
keepChat();
keepCompany();
keepDesk();
takeOverForms();
listenToKeys();
listenToTopics();
listenToViews();
listenToAlerts();
listenForAlerts();
document.addEventListener("loket:opened", () => workList().markCurrent());
goLive();
