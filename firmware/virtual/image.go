package main

import (
	"encoding/hex"
	"errors"
	"os"

	"hob/internal/image"
)

// imageOptions say what image to write instead of being a board.
type imageOptions struct {
	path  string
	fault string
	size  int
}

func (o imageOptions) check() error {
	if o.fault != "" && o.fault != faultCrash && o.fault != faultDeaf {
		return errors.New("--image-fault is crash or deaf")
	}
	if o.size < 0 || o.size > slotSize {
		return errors.New("--image-size: more than a slot has room for")
	}
	return nil
}

// writeImage makes an image that virtual boards boot, to try updates with.
func (o options) writeImage() error {
	facts := image.Facts{Chip: o.chip, FW: o.fw, Security: uint16(o.security)}
	raw, err := image.Virtual(facts, o.image.fault, o.image.size)
	if err != nil {
		return err
	}
	return os.WriteFile(o.image.path, raw, 0o600)
}

// publicKey reads a point of P-256, 0x04 and both coordinates; nil for "".
func publicKey(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	point, err := hex.DecodeString(text)
	if err != nil || len(point) != 65 || point[0] != 4 {
		return nil, errors.New("--update-key is 130 hexadecimal digits that begin with 04")
	}
	return point, nil
}
