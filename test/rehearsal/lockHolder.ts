import { lockState } from "../../emulator/stateLock";

/** Holds the lock of a folder until it is killed. Run by stateLock.test.ts as a process of its own. */
void lockState(process.argv[2]!).then(() => {
    process.send!("locked");
    setInterval(() => undefined, 1000);
});
