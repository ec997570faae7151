// The list of return words, from the front-coded form that browser/constants.py describes.
import { FRONT_CODED } from "./wordlist.generated.js";

const CODE_OF_NONE_SHARED = "A".charCodeAt(0);

export const WORDS = decode(FRONT_CODED);

export const INDEX_BY_WORD = new Map(WORDS.map((word, index) => [word, index]));

function decode(coded) {
  let word = "";
  return coded.match(/[A-Z][a-z]*/g).map((part) => {
    word = word.slice(0, part.charCodeAt(0) - CODE_OF_NONE_SHARED) + part.slice(1);
    return word;
  });
}
