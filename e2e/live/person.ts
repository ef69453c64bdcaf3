import { createInterface } from 'node:readline/promises';

export type Word = 'yes' | 'no' | 'skip';

/** The person at the terminal, with the phone. */
export type Person = {
  /** Asks a question. Without a person it is `skip`. */
  confirms: (question: string) => Promise<Word>;
  /** Asks for something to be done; false when it was not. */
  does: (what: string) => Promise<boolean>;
};

const WORDS: Readonly<Record<string, Word>> = { y: 'yes', n: 'no', s: 'skip' };

export function personAtTerminal(signal: AbortSignal): Person {
  const ask = async (question: string, choices: string): Promise<Word> => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      for (;;) {
        const answer = await terminal.question(`    ${question} [${choices}] `, { signal });
        const word = WORDS[answer.trim().toLowerCase().slice(0, 1)];
        if (word !== undefined) return word;
      }
    } finally {
      terminal.close();
    }
  };
  return {
    confirms: (question) => ask(question, 'y/n/skip'),
    does: async (what) => (await ask(`${what} Done?`, 'y/skip')) === 'yes',
  };
}

export const nobody: Person = {
  confirms: () => Promise.resolve('skip'),
  does: () => Promise.resolve(false),
};
