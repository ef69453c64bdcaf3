import { z } from 'zod';
import { until } from './until.ts';

const Mail = z.object({ subject: z.string(), text: z.string().nullish() }).loose();

/** Waits for a mail to this address in the local outbox whose subject matches, and takes the first link out of it. */
export function linkMailedTo(
  { mailUrl, visitorSecret }: { mailUrl: string; visitorSecret: string },
  to: string,
  subject: RegExp,
): Promise<URL> {
  return until(`a mail to ${to} about ${subject.source}`, async () => {
    const response = await fetch(new URL(`/api/messages?to=${encodeURIComponent(to)}`, mailUrl), {
      headers: { authorization: `Bearer ${visitorSecret}` },
    });
    const { messages } = z.object({ messages: z.array(Mail) }).parse(await response.json());
    const found = messages.find((mail) => subject.test(mail.subject));
    const [link] = /https?:\/\/\S+/.exec(found?.text ?? '') ?? [];
    return link === undefined ? undefined : new URL(link);
  });
}
