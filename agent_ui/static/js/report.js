// Starts a page without a life of its own: times in the reader's zone, colours, forms.
import { askBeforeSending } from "./before-sending.js";
import { leaveNothing } from "./signing-out.js";
import { askWhetherSure } from "./sure.js";
import { showTab } from "./tabs.js";
import { keepTimes } from "./times.js";
import { askBeforeLeaving } from "./unkept.js";
import { listenToThemes } from "./views.js";

keepTimes();
showTab();
if (document.getElementById("themes")) listenToThemes();
leaveNothing();
askWhetherSure();
askBeforeSending();
askBeforeLeaving();
