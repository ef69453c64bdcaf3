import type { App } from '../../http/app.ts';
import { listDeliveries } from './list-deliveries.ts';

export function registerDeliveries(app: App): void {
  listDeliveries(app);
}
