// The pages of supervisors and administrators: times in the reader's zone, colours, the live board.
import { askBeforeSending } from "./before-sending.js";
import { leaveNothing } from "./signing-out.js";
import { askWhetherSure } from "./sure.js";
import { showTab } from "./tabs.js";
import { keepTimes } from "./times.js";
import { offerAll } from "./ticks.js";
import { askBeforeLeaving } from "./unkept.js";
import { listenToThemes } from "./views.js";
import { followWall } from "./wall.js";

keepTimes();
showTab();
if (document.getElementById("themes")) listenToThemes();
followWall();
offerAll();
leaveNothing();
askWhetherSure();
askBeforeSending();
askBeforeLeaving();
