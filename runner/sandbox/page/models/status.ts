import { Collection } from '../collection.ts';
import { Model } from '../model.ts';
import type { Wid } from '../wid.ts';
import { MsgModel } from './message.ts';

/** Somebody's status posts, under their own id. */
export class StatusModel extends Model {
  declare readonly msgs: Collection<MsgModel>;

  constructor(id: Wid | undefined) {
    super({ id, msgs: new Collection(MsgModel) });
  }
}
