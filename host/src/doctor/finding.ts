import type { Answer } from "../probe/answer.js";

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly answer: Answer;
  /** What was seen, where that is more than yes or no. */
  readonly detail?: string;
}

export const finding = (name: string, answer: Answer, detail?: string): Finding => ({
  name,
  answer,
  ...(detail === undefined ? {} : { detail }),
});
