import { styleFor } from "../rehearsal/terminal";
import { signInCommand } from "./signInCommand";

/** `npm run check:sign-in`. */
signInCommand(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
        process.stderr.write(`${styleFor(process.stderr).bad(error.message)}\n`);
        process.exit(1);
    },
);
