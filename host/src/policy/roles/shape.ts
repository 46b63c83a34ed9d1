import { problemsOf, type ShapeProblem } from "../file/shape.js";
import { checkRoles } from "./shape.generated.js";

/** Everything in which data differs from the schema of roles. */
export const rolesShapeProblems = (data: unknown): ShapeProblem[] =>
  problemsOf(checkRoles, data, "roles.schema.json");
