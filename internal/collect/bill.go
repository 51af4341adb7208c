package collect

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image"
	"github.com/kubeproof/kubeproof/internal/collect/software"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/sbom"
)

// Bill reads the packages of one place, and nothing else of it: of an image, named as the target "image:"
// names it, with or without that prefix, or of a folder. Of the options Platform, Insecure, Keychain and
// Observed count. Errors tell what could not be read; the bill is nil if that is so much that it
// would mislead, as a whole layer. progress is told how much is done, with a total of 0 where nobody knows
// how much there is; nil for nobody.
func Bill(ctx context.Context, place string, o ImageOptions, progress func(done, total int)) (*sbom.Bill, []inventory.Error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	named, prefixed := strings.CutPrefix(place, imagePrefix+":")
	if !prefixed || exists(place) {
		named = place
		if isFolder(place) {
			return folderBill(ctx, place, o, progress)
		}
		if hint := noImage(place); hint != "" {
			return nil, []inventory.Error{{File: place, Message: hint, Lost: true}}
		}
	}
	bill, errs := imageBill(ctx, named, o, progress)
	if bill == nil && len(errs) > 0 && !prefixed && !exists(place) && !strings.ContainsAny(place, "#@") && !strings.HasPrefix(place, "docker://") {
		errs[0].Message += "; there is no file or folder of that name either" // it may be misspelt
	}
	return bill, errs
}

// noImage says why a name cannot be that of an image, for mistakes that would else be told as faults of
// one, or asked of a registry; "" if it can.
func noImage(place string) string {
	info, err := os.Stat(place)
	switch {
	case err != nil && strings.HasSuffix(filepath.ToSlash(place), "/"):
		return "no such folder: check the path"
	case err == nil && software.NewReader(software.DefaultLimits).Wants(filepath.Base(place), 0o644, info.Size()):
		return "it is no image: name the folder that holds it"
	}
	return ""
}

// isFolder reports whether a folder is there that is no image in OCI layout.
func isFolder(place string) bool {
	info, err := os.Stat(place)
	return err == nil && info.IsDir() && !exists(filepath.Join(place, "oci-layout")) &&
		!(exists(filepath.Join(place, "index.json")) && exists(filepath.Join(place, "blobs")))
}

func folderBill(ctx context.Context, place string, o ImageOptions, progress func(done, total int)) (*sbom.Bill, []inventory.Error) {
	name := path.Clean(filepath.ToSlash(place))
	if absolute, err := filepath.Abs(place); err == nil {
		name = filepath.Base(absolute) // of "." too, and the same wherever the folder lies
	}
	bill := &sbom.Bill{Kind: sbom.Folder, Name: name, Created: o.Observed}
	var errs []inventory.Error
	bill.Packages, errs = packagesBelow(ctx, place, filepath.ToSlash(place), func(files int) { progress(files, 0) })
	return bill, errs
}

func imageBill(ctx context.Context, place string, o ImageOptions, progress func(done, total int)) (*sbom.Bill, []inventory.Error) {
	options := o.reading("")
	options.OnlyPackages, options.Progress = true, progress
	images, errs := image.Collect(ctx, place, options)
	if len(images) != 1 {
		return nil, errs
	}
	read := images[0]
	defer read.Close()
	if read.Packages == nil {
		return nil, errs // a layer is missing, which errs says
	}
	return &sbom.Bill{Kind: sbom.Image, Name: nameOf(read, place), Digest: read.Digest, Packages: read.Packages, Created: o.Observed},
		append(errs, unread(read, place)...)
}

// nameOf gives the reference of an image, or the name of its file if nobody says it.
func nameOf(i *image.Image, place string) string {
	name := filepath.Base(place)
	if i.Reference != nil {
		name = i.Reference.Registry + "/" + i.Reference.Repository
		if i.Reference.Tag != "" {
			name += ":" + i.Reference.Tag
		}
	}
	return name
}

// unread tells the files of an image that were not read for packages as errors.
func unread(i *image.Image, place string) (errs []inventory.Error) {
	for _, one := range i.Unread {
		reasons := []string{one.Reason}
		if text, found := strings.CutPrefix(one.Reason, "packages: "); found {
			reasons = strings.Split(text, "\n") // which name the file
		} else if one.Path != "" {
			reasons[0] = strings.TrimPrefix(one.Path, "/") + ": " + one.Reason
		}
		for _, reason := range reasons {
			errs = append(errs, inventory.Error{File: place, Message: reason, Lost: true})
		}
	}
	return errs
}
