import type { EngineLookUp } from '../port.ts';
import { withDeadline } from '../deadline.ts';
import type { LibraryPage } from './library.ts';
import { lookUpMessage } from './outbound.ts';
import { queryRecipient } from './page/send.ts';
import { dropLink, readState } from './page/state.ts';
import type { EngineTimes } from './times.ts';

/** What is asked of the page from outside, each with its deadline: a page that crashed never answers. */
export class PageCalls {
  readonly #page: () => LibraryPage;
  readonly #times: EngineTimes;

  constructor(page: () => LibraryPage, times: EngineTimes) {
    this.#page = page;
    this.#times = times;
  }

  async lookUp(wireId: string, chatId: string): Promise<EngineLookUp> {
    return lookUpMessage(this.#page(), this.#times.outbound, wireId, chatId);
  }

  async isOnWhatsApp(
    chatId: string,
  ): Promise<{ exists: boolean; chatId: string | null; lid: string | null }> {
    const query = this.#page().evaluate(queryRecipient, chatId);
    return withDeadline(query, this.#times.outbound.pageCallMs, 'looking the number up');
  }

  async screenshot(): Promise<Uint8Array> {
    const shot = this.#page().screenshot({ type: 'png' });
    return withDeadline(shot, this.#times.screenshotMs, 'the screenshot');
  }

  async ping(deadlineMs: number): Promise<{ state: string }> {
    const { state } = await withDeadline(this.#page().evaluate(readState), deadlineMs, 'ping');
    return { state };
  }

  async dropLink(): Promise<void> {
    return withDeadline(this.#page().evaluate(dropLink), this.#times.logoutMs, 'logout');
  }
}
