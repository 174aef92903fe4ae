import { styleFor } from "../../rehearsal/terminal";
import { accessCommand, NoAccessReport } from "./command";

/** Exit codes above are those of signals. */
const INTERRUPTED = 128;

accessCommand(process.argv.slice(2)).then(
    (code) => {
        // After an interrupt nobody waits for what is still being read.
        if (code > INTERRUPTED) process.exit(code);
        process.exitCode = code;
    },
    (error: Error) => {
        process.stderr.write(`${styleFor(process.stderr).bad(error.message)}\n`);
        process.exitCode = error instanceof NoAccessReport ? error.exitCode : 1;
    },
);
