// Stands in the scripts for the passphrases of age-encryption: no file of ours is opened by one, and scrypt is heavy.

export function scrypt() {
  throw new Error("files with a passphrase are not supported here");
}
