/** The modules behind `window.require`: the same mutable object each time, an error for a name never defined. */
export class Registry {
  readonly #modules = new Map<string, object>();

  define(modules: Record<string, object>): void {
    for (const [name, exports] of Object.entries(modules)) {
      if (this.#modules.has(name)) throw new Error(`module "${name}" is defined twice`);
      this.#modules.set(name, exports);
    }
  }

  readonly require = (name: string): unknown => {
    const exports = this.#modules.get(name);
    if (exports === undefined) throw new Error(`Requiring unknown module "${name}"`);
    return exports;
  };

  names(): string[] {
    return [...this.#modules.keys()];
  }
}
