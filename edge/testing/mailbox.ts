import { z } from 'zod';
import type { EdgeEnv } from '../env.ts';

const Messages = z.object({
  messages: z.array(
    z.looseObject({
      to: z.array(z.string()),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
    }),
  ),
});
export type ReceivedMail = z.infer<typeof Messages>['messages'][number];

/** The local outbox, by address; newest mail first. What the Worker sends has arrived when `harness.call` is back. */
export function mailbox({ MAIL_URL, MAIL_TOKEN }: Pick<EdgeEnv, 'MAIL_URL' | 'MAIL_TOKEN'>) {
  const list = async (to: string): Promise<ReceivedMail[]> => {
    const response = await fetch(`${MAIL_URL}/api/messages?to=${encodeURIComponent(to)}`, {
      headers: { authorization: `Bearer ${MAIL_TOKEN}` },
    });
    return Messages.parse(await response.json()).messages;
  };
  /** The link in the newest mail with this subject. */
  const link = async (to: string, subject: RegExp): Promise<URL> => {
    const mail = (await list(to)).find((one) => subject.test(one.subject));
    const [url] = /https?:\/\/\S+/.exec(mail?.text ?? '') ?? [];
    if (url === undefined) throw new Error(`no mail about ${subject.source} with a link`);
    return new URL(url);
  };
  return { list, link };
}
