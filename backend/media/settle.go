//go:build !windows

package media

import "errors"

// settle puts the names in a folder on disk for good.
func (f *Files) settle(folder string) error {
	dir, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
