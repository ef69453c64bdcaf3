import { Hub as DeployedHub } from '../worker.ts';
import { environmentOf } from './hub-environments.ts';

export { default, Egress } from '../worker.ts';

/** A hub that works on the database of the test file which asked for it first. */
export class Hub extends DeployedHub {
  constructor(ctx: DurableObjectState, env: Record<string, unknown>) {
    super(ctx, environmentOf(ctx.id) ?? env);
  }
}
