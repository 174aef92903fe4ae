const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves with the conventional exit code at Ctrl-C, at SIGTERM and when the terminal is closed. */
export function onInterrupt(): Promise<number> {
    return new Promise((resolve) => {
        for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => resolve(code));
    });
}
