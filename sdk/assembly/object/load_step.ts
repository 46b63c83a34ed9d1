/** Something of an object that has work to do around its load: a section of global variables that writes its values before, a map that learns its handle after. */
export abstract class LoadStep {
  /** The step after it. */
  next: LoadStep | null = null;

  /** Called before the kernel sees the object. 0, or a negative errno that ends the load. */
  beforeLoad(): i32 {
    return 0;
  }

  /** Called once the object is loaded. 0, or a negative errno. */
  afterLoad(): i32 {
    return 0;
  }
}
