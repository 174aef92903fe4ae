import { styleFor } from "../../rehearsal/terminal";
import { accessCommand } from "./command";

accessCommand(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: Error) => {
        process.stderr.write(`${styleFor(process.stderr).bad(error.message)}\n`);
        process.exitCode = 1;
    },
);
