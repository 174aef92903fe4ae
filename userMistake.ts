import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** A mistake of the person who wrote the configuration. The CLI shows its message alone, without a stack. */
export class UserMistake extends pulumi.RunError {
    /** The SDK hangs the failed promise, and with it every loaded module, onto errors; printing all that takes ten seconds. */
    [inspect.custom](): string {
        return this.message;
    }
}
