/** A part of a JSON Schema. `title` is the noun that messages use: "… is not a size". */
export type Schema = { readonly [key: string]: unknown };

/** Of a definition. */
export const ref = (name: string, description: string): Schema => ({
  $ref: `#/$defs/${name}`,
  description,
});
export const list = (items: Schema, title: string, description: string): Schema => ({
  type: "array",
  title,
  description,
  items,
});
export const flag = (description: string): Schema => ({
  type: "boolean",
  title: "true or false",
  description,
});
/** A mapping that takes no other keys. */
export const section = (title: string, description: string, properties: Schema): Schema => ({
  type: "object",
  title,
  description,
  properties,
  additionalProperties: false,
});
/** Nothing that moves a cursor or turns the direction of writing: what a policy says is read by reviewers, and printed on terminals and in logs. */
export const TEXT =
  "^[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]+$";

export const text: Schema = {
  type: "string",
  title: "a line of text",
  pattern: TEXT,
  maxLength: 4096,
};
