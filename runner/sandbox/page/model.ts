import { Emitter } from './emitter.ts';
import { plain } from './serialize.ts';

export type Attributes = Record<string, unknown>;
type Bubble = { trigger: (event: string, ...args: unknown[]) => unknown };

/** Attributes are own fields. A change fires `change:<name>` (model, value, previous) and then `change` (model). */
export class Model extends Emitter {
  #collection: Bubble | null = null;

  constructor(attributes: Attributes = {}) {
    super();
    Object.assign(this, attributes);
  }

  /** The collection that repeats this model's events. */
  joinCollection(collection: Bubble): void {
    this.#collection ??= collection;
  }

  get(name: string): unknown {
    return Reflect.get(this, name);
  }

  set(change: string | Attributes, value?: unknown): this {
    const attributes = typeof change === 'string' ? { [change]: value } : change;
    const changed: [string, unknown, unknown][] = [];
    for (const [name, next] of Object.entries(attributes)) {
      const previous: unknown = Reflect.get(this, name);
      if (previous === next) continue;
      Reflect.set(this, name, next);
      changed.push([name, next, previous]);
    }
    for (const [name, next, previous] of changed)
      this.#fire(`change:${name}`, this, next, previous);
    if (changed.length > 0) this.#fire('change', this);
    return this;
  }

  serialize(): Attributes {
    const result: Attributes = {};
    for (const [name, value] of Object.entries(this)) {
      const shown = plain(value);
      if (shown !== undefined) result[name] = shown;
    }
    return result;
  }

  toJSON(): Attributes {
    return this.serialize();
  }

  unsafe(): this {
    return this;
  }

  #fire(event: string, ...args: unknown[]): void {
    this.trigger(event, ...args);
    this.#collection?.trigger(event, ...args);
  }
}
