// Chromium is found or installed by scripts/bootstrap.mjs; npm's own install step must not download one.
module.exports = { skipDownload: true };
