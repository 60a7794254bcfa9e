//! Which files are images, by their names.

/// The media type of a file by the extension of its name, if it is one of an
/// image.
pub(crate) fn image_type(file_name: &str) -> Option<&'static str> {
    let (_, extension) = file_name.rsplit_once('.')?;
    let known = [
        ("gif", "image/gif"),
        ("heic", "image/heic"),
        ("heif", "image/heif"),
        ("jpeg", "image/jpeg"),
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
    ];
    known
        .into_iter()
        .find(|(name, _)| extension.eq_ignore_ascii_case(name))
        .map(|(_, content_type)| content_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_types() {
        for (name, expected) in [
            ("a.png", Some("image/png")),
            ("a.b.JPG", Some("image/jpeg")),
            ("a.jpeg", Some("image/jpeg")),
            ("a.gif", Some("image/gif")),
            ("a.WebP", Some("image/webp")),
            ("a.heic", Some("image/heic")),
            ("a.heif", Some("image/heif")),
            ("a.txt", None),
            ("png", None),
            ("a.", None),
            ("a.é", None),
        ] {
            assert_eq!(image_type(name), expected, "{name}");
        }
    }
}
