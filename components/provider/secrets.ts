/**
 * Who constructs components must take secrets as they are on the wire, for custom resources too. What those give back is
 * marked here as the engine would mark it: a value under the name of a secret input is secret.
 */
import { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { SECRET, SIGNATURE } from "./grpcValues";

/**
 * Marks what stands under the name of a secret in `given`, at any depth. Changes `answer` and returns it.
 *
 * @param before Where the answer tells of a change that stopped half-way: what was there before it. What has neither's name may
 *   be what a former secret is called now, and is secret with it.
 */
export function keepSecrets(answer: Struct, given: Struct | undefined, before?: Struct): Struct {
    const fields = answer.getFieldsMap();
    const [asked, former] = [given?.getFieldsMap(), before?.getFieldsMap()];
    let goneIsSecret = false;
    former?.forEach((value, name) => (goneIsSecret ||= !fields.has(name) && containsSecret(value)));
    fields.forEach((output, name) => {
        const isNew = !asked?.has(name) && !former?.has(name);
        const isMoved = isNew && goneIsSecret && !isSecret(output);
        fields.set(name, isMoved ? secret(output) : marked(output, asked?.get(name), former?.get(name)));
    });
    return answer;
}

function marked(output: Value, asked: Value | undefined, former: Value | undefined): Value {
    const inputs = [asked, former].filter(
        (input): input is Value => input !== undefined && containsSecret(input),
    );
    if (isSecret(output) || inputs.length === 0) return output;
    const outer = output.getStructValue();
    if (!outer || inputs.some((input) => isSecret(input) || !input.getStructValue())) return secret(output);
    output.setStructValue(keepSecrets(outer, asked?.getStructValue(), former?.getStructValue()));
    return output;
}

function isSecret(value: Value): boolean {
    return value.getStructValue()?.getFieldsMap().get(SIGNATURE)?.getStringValue() === SECRET;
}

function containsSecret(value: Value): boolean {
    if (isSecret(value)) return true;
    const inside = [...(value.getListValue()?.getValuesList() ?? [])];
    value
        .getStructValue()
        ?.getFieldsMap()
        .forEach((item) => inside.push(item));
    return inside.some(containsSecret);
}

function secret(value: Value): Value {
    const signature = new Value();
    signature.setStringValue(SECRET);
    const struct = new Struct();
    struct.getFieldsMap().set(SIGNATURE, signature);
    struct.getFieldsMap().set("value", value);
    const wrapped = new Value();
    wrapped.setStructValue(struct);
    return wrapped;
}
