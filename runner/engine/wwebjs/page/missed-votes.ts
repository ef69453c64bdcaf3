import type { WhatsAppPage } from './types.ts';

/**
 * Runs on the page. The votes since then (Unix ms) in the polls that it has in memory, each as it stands now and as the
 * library reports one, oldest first. A vote that came while nobody listened fires no event.
 */
export async function findMissedVotes({ since }: { since: number }): Promise<unknown[]> {
  const page = globalThis as unknown as WhatsAppPage;
  const { Msg } = page.require('WAWebCollections');
  const table = page.require('WAWebPollsVotesSchema').getTable();
  const votes: { interractedAtTs: number }[] = [];
  for (const poll of Msg.getModelsArray()) {
    if (poll.type !== 'poll_creation') continue;
    for (const row of await table.equals(['parentMsgKey'], String(poll.id))) {
      if (row.senderTimestampMs < since) continue;
      const selectedOptions = Array.from(new Uint8Array(row.selectedOptionLocalIds)).map(
        (localId) => ({
          localId,
          name: poll.pollOptions?.find((option) => option.localId === localId)?.name,
        }),
      );
      const { sender: senderId, senderTimestampMs: interractedAtTs } = row;
      const vote = { msgId: String(poll.id), senderId, selectedOptions, interractedAtTs };
      votes.push(vote);
    }
  }
  votes.sort((a, b) => a.interractedAtTs - b.interractedAtTs);
  return JSON.parse(JSON.stringify(votes)) as unknown[];
}
