package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hob/internal/image"
)

func (c *cli) signCommand() *cobra.Command {
	var key, out string
	var newKey bool
	cmd := &cobra.Command{
		Use:   "sign IMAGE",
		Short: "Sign a firmware image for hob update",
		Long: `Signs a firmware image, as idf.py leaves it at build/hob.bin, with your key. Boards
take an image over the network only if its signature is by the key that their
firmware was built with (CONFIG_HOB_UPDATE_KEY). For which chip it is, its version
and its security version are read from the image.

Make the key once, with --new-key, and keep the file where the server is not:
whoever has it can put any program on your boards. A key that others on this
computer can read is refused.`,
		Example: `  hob sign --new-key --key hob-sign.pem
  hob sign build/hob.bin --key hob-sign.pem`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, given []string) error {
			switch {
			case key == "":
				return usage("--key FILE is missing")
			case newKey && len(given) == 0:
				return c.newSigningKey(key)
			case newKey || len(given) == 0:
				return usage("either --new-key or an image; see hob sign --help")
			}
			return c.sign(given[0], key, out)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the key to sign with")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write; IMAGE with the ending .hob if not given")
	cmd.Flags().BoolVar(&newKey, "new-key", false, "make a key, write it to --key, and print its public half")
	return cmd
}

func (c *cli) newSigningKey(path string) error {
	text, err := image.NewKey()
	if err != nil {
		return err
	}
	// A key that exists is never overwritten: boards that trust it could not be updated any more.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	key, err := image.ParseKey(text)
	if err != nil {
		return err
	}
	public, err := image.PublicKey(key)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(map[string]string{"key": path, "public": public})
	}
	fmt.Fprintf(c.stderr, "%s is your key: keep it. Firmware that trusts it is built with\n", path)
	_, err = fmt.Fprintf(c.stdout, "CONFIG_HOB_UPDATE_KEY=\"%s\"\n", public)
	return err
}

// signingKey reads a key that nobody but its owner can read: whoever has it can put
// any program on the boards.
func signingKey(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("others can read the key %s: its mode is %04o; let only its owner read it: chmod 600 %[1]s",
			printable(path), info.Mode().Perm())
	}
	return io.ReadAll(file)
}

func (c *cli) sign(path, keyPath, out string) error {
	text, err := signingKey(keyPath)
	if err != nil {
		return err
	}
	key, err := image.ParseKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", keyPath, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	s, err := image.Sign(raw, key)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if out == "" {
		out = strings.TrimSuffix(path, filepath.Ext(path)) + ".hob"
	}
	if err := os.WriteFile(out, s.Encode(), 0o644); err != nil { //nolint:gosec // there is nothing secret in it
		return err
	}
	fmt.Fprintf(c.stderr, "%s: firmware %s for %s, security version %d, %d bytes, signed\n",
		printable(out), printable(s.FW), s.Chip, s.Security, len(raw))
	if c.json {
		return c.printJSON(map[string]any{"file": out, "firmware": s.FW, "chip": s.Chip, "security": s.Security, "size": len(raw)})
	}
	return nil
}
