import { runCommand } from "../plan/commandLine";
import { adoptCommand } from "./command";
import { HELP } from "./options";

runCommand(HELP, 2, adoptCommand);
