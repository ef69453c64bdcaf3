/** One step of the walk; it may call several operations of the API. */
export type Step = {
  title: string;
  /** Asked before it, where others would see it or it changes what the person has. Without a person, only on the sandbox. */
  consent?: string;
  run: () => Promise<void>;
};
