// What can go wrong between the page and the service.

export class Trouble extends Error {
  /**
   * `sentence` gives what to say, in the language of the moment. Trouble that is `passing` may go
   * by itself, `after` so many milliseconds (Infinity: only once something has changed here).
   */
  constructor(sentence, { passing = false, after = 0, status = null } = {}) {
    super(sentence());
    this.sentence = sentence;
    this.passing = passing;
    this.after = after;
    this.status = status;
  }
}
