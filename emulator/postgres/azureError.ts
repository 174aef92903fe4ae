/** A refusal that carries Azure's error code, so that the resource API can answer with it. */
export class AzureError extends Error {
    override readonly name = "AzureError";

    /**
     * @param code Azure's, for instance `AadAuthPrincipalCreationFailed`.
     * @param statusCode HTTP status of the answer.
     */
    constructor(
        readonly code: string,
        message: string,
        readonly statusCode = 400,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}
