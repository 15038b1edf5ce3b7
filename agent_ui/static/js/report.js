// Starts a page that is only read: times in the reader's zone, and colours.
import { keepTimes } from "./times.js";
import { listenToThemes } from "./views.js";

keepTimes();
if (document.getElementById("themes")) listenToThemes();
