package source

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// registry is a repository of a registry.
type registry struct {
	repository name.Repository
	puller     *remote.Puller
	options    []remote.Option
	seen       map[string]fetched // manifests by digest
	patience   time.Duration
}

type fetched struct {
	raw       []byte
	mediaType string
}

func openRegistry(ctx context.Context, reference string, wanted platform, options Options) (*Place, error) {
	var naming []name.Option
	if options.Insecure {
		naming = append(naming, name.Insecure)
	}
	parsed, err := name.ParseReference(reference, naming...)
	if err != nil {
		return nil, fmt.Errorf("open image: %s is neither a file that is there nor a valid reference", reference)
	}
	keychain := options.Keychain
	if keychain == nil {
		keychain = authn.DefaultKeychain
	}
	r := &registry{repository: parsed.Context(), seen: map[string]fetched{}, patience: patience}
	r.options = []remote.Option{remote.WithAuthFromKeychain(keychain), remote.WithUserAgent("kubeproof")}
	if r.puller, err = remote.NewPuller(r.options...); err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	host := parsed.Context().RegistryStr()
	if err := options.Hosts.ask(host); err != nil {
		return nil, fmt.Errorf("pull image: %w", err)
	}
	digest, err := r.resolve(ctx, parsed)
	options.Hosts.heard(host, err)
	if err != nil {
		return nil, fmt.Errorf("pull image: %w", err)
	}
	finder := &finder{content: r, from: Registry, platform: wanted, strict: options.Platform != ""}
	i, err := finder.image(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("pull image: %w", err)
	}
	i.Name, i.References, i.fetcher = reference, []string{parsed.Name()}, &registryFetcher{r}
	return &Place{Images: []*Image{i}}, nil
}

// resolve gives the digest of what a tag or digest stands for.
func (r *registry) resolve(ctx context.Context, reference name.Reference) (string, error) {
	w := wait(ctx, r.patience)
	defer w.end()
	found, err := r.puller.Get(w.ctx, reference)
	if err = w.told(err); err != nil {
		return "", explain(err, r.repository.RegistryStr())
	}
	if len(found.Manifest) > mostManifest {
		return "", fmt.Errorf("the manifest is larger than the limit of %d MiB", mostManifest>>20)
	}
	digest := found.Digest.String()
	r.seen[digest] = fetched{found.Manifest, string(found.MediaType)}
	return digest, nil
}

func (r *registry) manifest(ctx context.Context, digest string) ([]byte, string, error) {
	if !layer.ValidDigest(digest) {
		return nil, "", fmt.Errorf("digest %q is neither sha256 nor sha512", digest)
	}
	if known, found := r.seen[digest]; found {
		return known.raw, known.mediaType, nil
	}
	if _, err := r.resolve(ctx, r.repository.Digest(digest)); err != nil {
		return nil, "", err
	}
	known, found := r.seen[digest]
	if !found {
		return nil, "", fmt.Errorf("the registry gave another manifest than %s", digest)
	}
	return known.raw, known.mediaType, nil
}

func (r *registry) blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	if !layer.ValidDigest(digest) {
		return nil, fmt.Errorf("digest %q is neither sha256 nor sha512", digest)
	}
	w := wait(ctx, r.patience)
	blob, err := r.puller.Layer(w.ctx, r.repository.Digest(digest))
	var content io.ReadCloser
	if err == nil {
		content, err = blob.Compressed()
	}
	w.timer.Stop()
	if err = w.told(err); err != nil {
		w.end()
		return nil, explain(err, r.repository.RegistryStr())
	}
	return patient{content, w}, nil
}

// registryFetcher reads what lies in a repository beside an image.
type registryFetcher struct{ registry *registry }

// Manifest gives the manifest with a tag or digest.
func (f *registryFetcher) Manifest(ctx context.Context, reference string) ([]byte, string, error) {
	if strings.Contains(reference, ":") {
		return f.registry.manifest(ctx, reference)
	}
	digest, err := f.registry.resolve(ctx, f.registry.repository.Tag(reference))
	if err != nil {
		return nil, "", err
	}
	return f.registry.manifest(ctx, digest)
}

// Blob opens a blob; its end is an error if it is not that of the digest.
func (f *registryFetcher) Blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	blob, err := f.registry.blob(ctx, digest)
	if err != nil {
		return nil, err
	}
	return checkedBlob(ctx, blob, digest)
}

// Referrers asks for them, or reads the tag sha256-HEX where the registry cannot be asked.
func (f *registryFetcher) Referrers(ctx context.Context, digest string) ([]byte, error) {
	if !layer.ValidDigest(digest) {
		return nil, fmt.Errorf("digest %q is neither sha256 nor sha512", digest)
	}
	w := wait(ctx, f.registry.patience)
	defer w.end()
	options := append([]remote.Option{remote.WithContext(w.ctx)}, f.registry.options...)
	index, err := remote.Referrers(f.registry.repository.Digest(digest), options...)
	if err = w.told(err); err != nil {
		return nil, explain(err, f.registry.repository.RegistryStr())
	}
	return index.RawManifest()
}
