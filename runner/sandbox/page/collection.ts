import { Emitter } from './emitter.ts';
import { ServerStatusCodeError } from './errors.ts';
import { Model } from './model.ts';
import type { Attributes } from './model.ts';
import { idText } from './serialize.ts';

type ModelClass<M extends Model> = new (...attributes: never[]) => M;
type AddOptions = { silent?: boolean };

/** Models by id. Its own `add` and `remove` events, and every event of its models. */
export class Collection<M extends Model = Model> extends Emitter {
  modelClass: ModelClass<M>;
  readonly #models = new Map<string, M>();
  readonly #finder: ((id: unknown) => Promise<M | null>) | undefined;

  constructor(modelClass: ModelClass<M>, finder?: (id: unknown) => Promise<M | null>) {
    super();
    this.modelClass = modelClass;
    this.#finder = finder;
  }

  get _models(): M[] {
    return [...this.#models.values()];
  }
  get models(): M[] {
    return this._models;
  }
  get length(): number {
    return this.#models.size;
  }

  add(input: M | Attributes, options: AddOptions = {}): M {
    // Attributes come from the library, which knows what each model takes.
    const model = input instanceof Model ? input : new this.modelClass(input as never);
    const id = idText(model.get('id'));
    if (id === undefined) throw new Error("a model's id is undefined");
    const known = this.#models.get(id);
    if (known !== undefined) return known;
    this.#models.set(id, model);
    model.joinCollection(this);
    this.added(model);
    if (options.silent !== true) this.trigger('add', model, this);
    return model;
  }

  /** Adds a model of this id alone, unless there is one. */
  gadd(id: unknown, options: AddOptions = {}): M {
    return this.get(id) ?? this.add({ id }, options);
  }

  get(id: unknown): M | undefined {
    const text = idText(id);
    return text === undefined ? undefined : this.#models.get(text);
  }

  async find(id: unknown): Promise<M> {
    const found = this.get(id) ?? (await this.#finder?.(id)) ?? null;
    if (found === null) throw new ServerStatusCodeError(404, 'not found');
    return found;
  }

  getModelsArray(): M[] {
    return this._models;
  }
  filter(test: (model: M) => boolean): M[] {
    return this._models.filter(test);
  }
  map<T>(change: (model: M) => T): T[] {
    return this._models.map(change);
  }
  forEach(visit: (model: M) => void): void {
    for (const model of this._models) visit(model);
  }
  some(test: (model: M) => boolean): boolean {
    return this._models.some(test);
  }
  findWhere(test: (model: M) => boolean): M | undefined {
    return this._models.find(test);
  }

  remove(idOrModel: unknown): M | undefined {
    const text = idText(idOrModel);
    const model = text === undefined ? undefined : this.#models.get(text);
    if (text === undefined || model === undefined) return undefined;
    this.#models.delete(text);
    this.removed(model);
    this.trigger('remove', model, this);
    return model;
  }

  /** Another id for the model of this one, without an event. */
  rename(before: unknown, id: unknown): void {
    const [from, to] = [idText(before), idText(id)];
    const model = from === undefined ? undefined : this.#models.get(from);
    if (from === undefined || to === undefined || model === undefined) return;
    this.#models.delete(from);
    Object.assign(model, { id });
    this.#models.set(to, model);
  }

  reset(): void {
    this.#models.clear();
  }

  update(id: unknown): Promise<M | undefined> {
    return Promise.resolve(this.get(id));
  }

  serialize(): unknown[] {
    return this._models.map((model) => model.serialize());
  }
  toJSON(): unknown[] {
    return this.serialize();
  }
  [Symbol.iterator](): IterableIterator<M> {
    return this.#models.values();
  }

  /** For indexes of subclasses. */
  protected added(_model: M): void {}
  protected removed(_model: M): void {}
}
