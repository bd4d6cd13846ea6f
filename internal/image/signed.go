package image

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
)

// Signed is an image with its signature. What is signed is its Manifest.
type Signed struct {
	Facts
	SHA256    [32]byte
	Signature [64]byte // r and s
	Data      []byte
}

// Manifest is the text that is signed; docs/wire.md has it.
func (s *Signed) Manifest() []byte {
	return fmt.Appendf(nil, "%schip %s\nfw %s\nsecurity %d\nsize %d\nsha256 %x\n",
		signedPrefix, s.Chip, s.FW, s.Security, len(s.Data), s.SHA256)
}

// Sign signs an image.
func Sign(raw []byte, key *ecdsa.PrivateKey) (*Signed, error) {
	facts, err := Inspect(raw)
	if err != nil {
		return nil, err
	}
	if len(raw) > mostSize {
		return nil, errors.New("the image is larger than any flash")
	}
	s := &Signed{Facts: facts, SHA256: sha256.Sum256(raw), Data: raw}
	digest := sha256.Sum256(s.Manifest())
	r, v, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	r.FillBytes(s.Signature[:32])
	v.FillBytes(s.Signature[32:])
	return s, nil
}

// Verify says whether the owner of a public key, as PublicKey prints it, has
// signed the image.
func (s *Signed) Verify(public string) bool {
	point, err := hex.DecodeString(public)
	if err != nil {
		return false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(s.Manifest())
	r, v := new(big.Int).SetBytes(s.Signature[:32]), new(big.Int).SetBytes(s.Signature[32:])
	return ecdsa.Verify(key, digest[:], r, v)
}

// Encode gives the signed image as a file: the text that was signed, a line with
// the signature, an empty line, the image.
func (s *Signed) Encode() []byte {
	return append(fmt.Appendf(s.Manifest(), "signature %x\n\n", s.Signature), s.Data...)
}

// Decode reads such a file. What its head says must be what the image says; who
// signed it is not looked at.
func Decode(file []byte) (*Signed, error) {
	if !bytes.HasPrefix(file, []byte(signedPrefix)) {
		return nil, errors.New("this is no signed image (hob sign makes one)")
	}
	head, data, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok || len(data) > mostSize {
		return nil, errors.New("the signed image is damaged")
	}
	at := bytes.LastIndexByte(head, '\n')
	line, isSignature := bytes.CutPrefix(head[at+1:], []byte("signature "))
	signature, err := hex.DecodeString(string(line))
	s := &Signed{SHA256: sha256.Sum256(data), Data: data}
	if !isSignature || err != nil || len(signature) != len(s.Signature) {
		return nil, errors.New("the signed image is damaged: its signature is no signature")
	}
	copy(s.Signature[:], signature)
	if s.Facts, err = Inspect(data); err != nil {
		return nil, err
	}
	if !bytes.Equal(s.Manifest(), head[:at+1]) {
		return nil, errors.New("the signed image is damaged: it is not what was signed")
	}
	return s, nil
}

const keyType = "PRIVATE KEY"

// NewKey makes a key to sign with, in the form that ParseKey reads.
func NewKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: keyType, Bytes: der}), nil
}

// ParseKey reads a key: PKCS #8 in PEM, P-256. The error never quotes it.
func ParseKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != keyType {
		return nil, errors.New("this is no key to sign with (hob sign --new-key makes one)")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the key to sign with is damaged")
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the key to sign with is not of P-256")
	}
	return key, nil
}

// PublicKey is what a firmware is built with, CONFIG_HOB_UPDATE_KEY: 130
// hexadecimal digits.
func PublicKey(key *ecdsa.PrivateKey) (string, error) {
	point, err := key.PublicKey.Bytes()
	return hex.EncodeToString(point), err
}
