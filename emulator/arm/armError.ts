/** Errors as Azure's resource API answers them. */

export interface ArmErrorOptions {
    /** How long a client should wait before it asks again, in milliseconds (`Retry-After`). */
    retryAfterMilliseconds?: number;
    /** True where a long-running operation failed after the request was accepted: no client retries those. */
    longRunning?: boolean;
    cause?: unknown;
}

export class ArmError extends Error {
    readonly retryAfterMilliseconds?: number;
    readonly longRunning: boolean;

    constructor(
        /** HTTP status. */
        readonly status: number,
        /** Azure's error code, for instance `ServerIsBusy`. */
        readonly code: string,
        message: string,
        options: ArmErrorOptions = {},
    ) {
        super(message, { cause: options.cause });
        this.name = "ArmError";
        this.retryAfterMilliseconds = options.retryAfterMilliseconds;
        this.longRunning = options.longRunning ?? false;
    }

    /** The body of the HTTP answer. */
    toJSON(): { error: { code: string; message: string } } {
        return { error: { code: this.code, message: this.message } };
    }

    override toString(): string {
        return `Status=${this.status} Code="${this.code}" Message="${this.message}"`;
    }
}

export function badRequest(code: string, message: string): ArmError {
    return new ArmError(400, code, message);
}

/** The service's answer to a value that it does not take (the same words for every parameter, then why). */
export function invalidParameter(parameter: string, why: string): ArmError {
    return badRequest(
        "InvalidParameterValue",
        `Invalid value given for parameter ${parameter}. Specify a valid parameter value. ${why}`,
    );
}

export function conflict(code: string, message: string): ArmError {
    return new ArmError(409, code, message);
}

/** 404 of a GET, and of a reference to something that is not there. */
export function resourceNotFound(id: string): ArmError {
    const [, group, rest] = /\/resourceGroups\/([^/]+)\/providers\/(.*)$/i.exec(id) ?? [];
    return new ArmError(
        404,
        "ResourceNotFound",
        group
            ? `The Resource '${rest}' under resource group '${group}' was not found.`
            : `The Resource '${id}' was not found.`,
    );
}

/** The refusal of the machinery behind a resource (it has a code and a status) as an answer of the API. */
export function asArmError(error: unknown): unknown {
    const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: string };
    if (error instanceof ArmError || typeof code !== "string" || typeof statusCode !== "number") return error;
    return new ArmError(statusCode, code, message ?? "", { cause: error });
}
