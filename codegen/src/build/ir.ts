import type { Transform } from "assemblyscript/asc";

/** `Block` and `If` are missing in its typings. */
export type Binaryen = Transform["binaryen"] & {
  readonly Block: { setChildAt(block: Ref, index: number, child: Ref): void };
  readonly If: {
    setIfTrue(parent: Ref, child: Ref): void;
    setIfFalse(parent: Ref, child: Ref): void;
  };
  readonly Loop: { setBody(parent: Ref, child: Ref): void };
};
export type Module = InstanceType<Binaryen["Module"]>;
export type Ref = number;
/** Puts an expression in the place of another. */
export type Replace = (ref: Ref) => void;

/** Fields of each kind of expression that hold its parts, in the order in which they are evaluated. A kind that is not here is unknown. */
export function partsByKind(b: Binaryen): Map<number, readonly string[]> {
  return new Map<number, readonly string[]>([
    [b.BlockId, ["children"]],
    [b.IfId, ["condition", "ifTrue", "ifFalse"]],
    [b.LoopId, ["body"]],
    [b.BreakId, ["value", "condition"]],
    [b.SwitchId, ["value", "condition"]],
    [b.CallId, ["operands"]],
    [b.CallIndirectId, ["operands", "target"]],
    [b.LocalGetId, []],
    [b.LocalSetId, ["value"]],
    [b.GlobalGetId, []],
    [b.GlobalSetId, ["value"]],
    [b.LoadId, ["ptr"]],
    [b.StoreId, ["ptr", "value"]],
    [b.ConstId, []],
    [b.UnaryId, ["value"]],
    [b.BinaryId, ["left", "right"]],
    [b.SelectId, ["ifTrue", "ifFalse", "condition"]],
    [b.DropId, ["value"]],
    [b.ReturnId, ["value"]],
    [b.MemorySizeId, []],
    [b.MemoryGrowId, ["delta"]],
    [b.MemoryCopyId, ["dest", "source", "size"]],
    [b.MemoryFillId, ["dest", "value", "size"]],
    [b.NopId, []],
    [b.UnreachableId, []],
  ]);
}

/** Puts another expression in the place of a part of a parent; undefined where that is not possible. */
export function replacer(
  b: Binaryen,
  parent: Ref,
  kind: number,
  field: string,
  index: number,
): Replace | undefined {
  if (field === "children") return (ref) => b.Block.setChildAt(parent, index, ref);
  if (field === "ifTrue" && kind === b.IfId) return (ref) => b.If.setIfTrue(parent, ref);
  if (field === "ifFalse" && kind === b.IfId) return (ref) => b.If.setIfFalse(parent, ref);
  if (field === "body") return (ref) => b.Loop.setBody(parent, ref);
  return undefined;
}
