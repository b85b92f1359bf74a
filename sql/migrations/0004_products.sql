-- The shop's catalogue. A price is a whole number of euro cents, so that no
-- sum is ever rounded. A product's picture is the static file
-- /products/SLUG.svg.

CREATE TABLE categories (
    id BIGINT NOT NULL AUTO_INCREMENT,
    slug VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(80) NOT NULL,
    description VARCHAR(300) NOT NULL,
    position INT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY categories_slug (slug),
    KEY categories_position (position, id)
) ENGINE=InnoDB;

CREATE TABLE products (
    id BIGINT NOT NULL AUTO_INCREMENT,
    category_id BIGINT NOT NULL,
    slug VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(120) NOT NULL,
    description VARCHAR(1000) NOT NULL,
    price_cents INT NOT NULL,
    stock INT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY products_slug (slug),
    KEY products_category (category_id, name, id),
    CONSTRAINT products_category
        FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT products_price_sane
        CHECK (price_cents BETWEEN 0 AND 100000000),
    CONSTRAINT products_stock_sane CHECK (stock BETWEEN 0 AND 1000000)
) ENGINE=InnoDB;

GRANT SELECT ON categories TO foobar_application;
GRANT SELECT ON products TO foobar_application;
