// Starts a page that is only read: shows times in the reader's zone.
import { keepTimes } from "./times.js";

keepTimes();
