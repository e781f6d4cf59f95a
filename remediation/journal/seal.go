package journal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// sealer encrypts what is kept in the state directory, with a random key that
// lies beside it, readable by the owner alone.
//
// What this protects against: a secret that stood in a file, or was written into
// one, is found by nothing that reads files for their content: a search, an
// index, a backup that leaves the key out, a support bundle, a scanner. Removing
// the key destroys the history for good. What it does not protect against:
// somebody who can read the owner's files reads the key too, and then the
// history; they could as well have read the project. The names of the state
// files and their sizes are open.
//
// The seal also tells damage: a file that was cut short or altered does not open.
type sealer struct{ aead cipher.AEAD }

const (
	keyName   = "key"
	sealMagic = "drydock1"
)

var errDamaged = errors.New("damaged, or sealed with another key")

// loadSealer reads the key, or makes one.
func loadSealer(state directory) (sealer, error) {
	key, err := readSmall(state, keyName)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return sealer{}, err
		}
		err = writeState(state, keyName, key)
	}
	if err != nil {
		return sealer{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("%s: %w", keyName, errDamaged)
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead}, err
}

// write seals value into the state file name, which is then there completely or
// as it was.
func (s sealer) write(state directory, name string, value any) error {
	var plain bytes.Buffer
	if err := gob.NewEncoder(&plain).Encode(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	sealed := append([]byte(sealMagic), nonce...)
	return writeState(state, name, s.aead.Seal(sealed, nonce, plain.Bytes(), []byte(name)))
}

// read opens the state file name into value. It fails with fs.ErrNotExist when
// there is none, and with errDamaged when it is not what write wrote under this
// name.
func (s sealer) read(state directory, name string, value any) error {
	raw, err := readSmall(state, name)
	if err != nil {
		return err
	}
	body, ok := bytes.CutPrefix(raw, []byte(sealMagic))
	n := s.aead.NonceSize()
	if !ok || len(body) < n {
		return fmt.Errorf("%s: %w", name, errDamaged)
	}
	plain, err := s.aead.Open(nil, body[:n], body[n:], []byte(name))
	if err != nil {
		return fmt.Errorf("%s: %w", name, errDamaged)
	}
	if err := gob.NewDecoder(bytes.NewReader(plain)).Decode(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// writeState replaces the state file name by content, durably.
func writeState(state directory, name string, content []byte) error {
	temp := name + ".tmp"
	if err := removeIfThere(state, temp); err != nil {
		return err
	}
	if err := writeNew(state, temp, content, 0o600, owner{}, false); err != nil {
		return err
	}
	if err := state.Rename(temp, name); err != nil {
		return err
	}
	return state.Sync()
}

// readSmall reads a state file.
func readSmall(state directory, name string) (content []byte, err error) {
	f, err := state.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(f)
}
