// Stands in the scripts for the NIST curves of age-encryption: no recipient of ours has a key on one, and they are heavy. The
// package asks for their lengths when it is loaded; whoever asks for more is refused.
const missing = () => {
  throw new Error("keys on this curve are not supported here");
};

const curve = (lengths) => ({
  lengths,
  Point: { Fn: {}, fromBytes: missing },
  utils: { randomSecretKey: missing },
  getPublicKey: missing,
  getSharedSecret: missing,
});

export const p256 = curve({ secretKey: 32, publicKey: 33, publicKeyUncompressed: 65, seed: 48 });

export const p384 = curve({ secretKey: 48, publicKey: 49, publicKeyUncompressed: 97, seed: 72 });
